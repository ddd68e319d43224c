// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

import {IWrappedEther} from "../interfaces/IWrappedEther.sol";

/// @title Ether as a token, for a local chain. On a real chain a deployment names the one that everybody uses.
contract WrappedEther is ERC20("Wrapped Ether", "WETH"), IWrappedEther {
    /// @notice Thrown when the caller does not take the ether.
    error NotPaid(address to, uint256 amount);

    /// @inheritdoc IWrappedEther
    function deposit() external payable {
        _mint(msg.sender, msg.value);
    }

    /// @notice Burns the caller's tokens and sends it as many wei.
    function withdraw(uint256 amount) external {
        _burn(msg.sender, amount);
        (bool success, ) = msg.sender.call{value: amount}("");
        require(success, NotPaid(msg.sender, amount));
    }
}
