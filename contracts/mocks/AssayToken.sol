// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @title Play money for a local chain: anyone mints. On a real chain a deployment names a token that exists.
contract AssayToken is ERC20Permit {
    uint256 internal constant LOCAL_CHAIN = 31_337;

    /// @notice Thrown when the token is deployed on another than a local chain.
    error LocalChainOnly(uint256 chainId);

    constructor() ERC20("Assay", "ASSAY") ERC20Permit("Assay") {
        require(block.chainid == LOCAL_CHAIN, LocalChainOnly(block.chainid));
    }

    /// @notice Mints `amount` base units to `to`. Anyone, any number of times.
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}
