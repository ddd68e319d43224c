// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {StakeVault} from "../../../contracts/StakeVault.sol";
import {Base} from "./Base.sol";
import {vm} from "./Vm.sol";

/// @notice A vault of its own, whose modules are two accounts that a test plays.
abstract contract VaultTest is Base {
    address internal constant MODULE = address(0xB001);
    address internal constant OTHER_MODULE = address(0xB002);

    function setUp() public override {
        super.setUp();
        vault = freshVault(IERC20(address(token)));
        vm.prank(WORKER);
        token.approve(address(vault), type(uint256).max);
        vm.prank(STRANGER);
        token.approve(address(vault), type(uint256).max);
    }

    function freshVault(IERC20 token_) internal returns (StakeVault made) {
        made = new StakeVault(token_, parameters);
        address[] memory modules = new address[](2);
        (modules[0], modules[1]) = (MODULE, OTHER_MODULE);
        made.setModules(modules);
    }

    function stakeWorker(uint96 amount) internal {
        vm.prank(WORKER);
        vault.stake(WORKER, amount);
    }

    function fundModule(uint96 amount) internal {
        vm.prank(MODULE);
        vault.escrowFrom(STRANGER, amount);
    }

    function sumsUp() internal view {
        address[] memory people = new address[](3);
        (people[0], people[1], people[2]) = (WORKER, STRANGER, REQUESTER);
        checkSolvency(people);
    }
}
