// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AssayToken} from "../../contracts/mocks/AssayToken.sol";
import {vm} from "./support/Vm.sol";

contract AssayTokenTest {
    function make() public returns (AssayToken) {
        return new AssayToken();
    }

    function test_mint_onLocalChain_succeeds() public {
        AssayToken token = make();
        token.mint(address(this), 7);
        require(token.balanceOf(address(this)) == 7, "minted");
    }

    function test_constructor_onAnotherChain_reverts_S15() public {
        vm.chainId(1);
        try this.make() {
            require(false, "play money on a live chain");
        } catch (bytes memory reason) {
            bytes memory expected = abi.encodeWithSelector(AssayToken.LocalChainOnly.selector, 1);
            require(keccak256(reason) == keccak256(expected), "another error");
        }
    }
}
